"""Problems by code, with the sentences of each in Chinese and English; `reason` is how they are put together."""
