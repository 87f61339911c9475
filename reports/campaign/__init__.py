"""The monthly report and the ledger of a campaign."""
