"""Evidence files of audits."""

from typing import Annotated
from uuid import UUID

from fastapi import Form
from fastapi.responses import FileResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.files.evidence import ENDINGS
from api.problems import not_found
from api.routes.bodies import Upload
from api.routes.responses import (
    CREATED,
    KEEP,
    IfMatch,
    answer,
    download,
    etag,
    refusals,
    resource,
    version_in,
)
from api.schemas.evidence import EvidenceOut
from api.services import attachments
from api.store import Audit, EvidenceFile

router = resource("evidence")
Reader = Annotated[Context, needs(Rule.READ)]
Writer = Annotated[Context, needs(Rule.DRAFT_AUDITS)]
CostlyWriter = Annotated[Context, needs(Rule.DRAFT_AUDITS, costly=True)]
Place = Annotated[
    str | None,
    Form(
        min_length=1,
        max_length=400,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Where in the audit it belongs; a row of a table by its key.",
        examples=["units[0].facts.access_gate", 'units[0].groups.outlets["DA003"].nmhc'],
    ),
]


@router.get("/audits/{audit_id}/evidence", summary="The evidence of an audit")
def list_evidence(audit_id: UUID, context: Reader) -> list[EvidenceOut]:
    """In the order it was put."""
    return [EvidenceOut.model_validate(row) for row in attachments.evidence_of(context, context.find(Audit, audit_id))]


@router.post(
    "/audits/{audit_id}/evidence",
    status_code=201,
    summary="Put a file to a draft",
    response_model=EvidenceOut,
    responses=CREATED | refusals(409, 412, 413, 415, 422, 428),
)
def create_evidence(
    audit_id: UUID, file: Upload, context: CostlyWriter, place: Place = None, if_match: IfMatch = None
) -> Response:
    """PDF, OFD, PNG, JPEG, TIFF, WebP, HEIC, MP4, text, xlsx or docx. What it is, its content says; its name must say the same.

    A picture of another kind than its name says is taken under the right ending. A row of a table is told by its key
    (`units[0].groups.outlets["DA003"].nmhc`); its number is taken with the `If-Match` of the content that was read.
    """
    made = attachments.attach(context, audit_id, file.file, file.filename or "", place, version_in(if_match))
    return answer(EvidenceOut.model_validate(made), status=201, location=f"/v1/evidence/{made.id}")


@router.get("/evidence/{evidence_id}", summary="A file of evidence")
def get_evidence(evidence_id: UUID, context: Reader) -> EvidenceOut:
    """A description of an evidence file, without its content."""
    return EvidenceOut.model_validate(context.find(EvidenceFile, evidence_id))


@router.get(
    "/evidence/{evidence_id}/content",
    summary="Download a file of evidence",
    response_class=Response,
    responses=download("The file.", *ENDINGS),
)
def get_evidence_content(evidence_id: UUID, context: Reader) -> Response:
    """Always as a download, never shown inside a page."""
    row = context.find(EvidenceFile, evidence_id)
    path = context.service.evidence.path(row.sha256)
    if not path.is_file():
        raise not_found()
    headers = {"ETag": etag(row.sha256), "Cache-Control": KEEP}
    return FileResponse(path, media_type=row.media_type, filename=row.name, headers=headers)


@router.delete("/evidence/{evidence_id}", status_code=204, summary="Take a file off a draft", responses=refusals(409))
def delete_evidence(evidence_id: UUID, context: Writer) -> None:
    """Evidence of what was submitted before stays in the store, marked; any other is deleted."""
    attachments.detach(context, evidence_id)
