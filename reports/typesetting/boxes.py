"""What the library works out for every box, although it is the same for all boxes of a style."""

from collections.abc import Iterable
from typing import Any

from weasyprint.css import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES, AnonymousStyle, ComputedStyle
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.layout import background, percent

library_resolve_percentages = percent.resolve_percentages
library_layout_box_backgrounds = background.layout_box_backgrounds
library_computed_missing = ComputedStyle.__missing__
library_anonymous_init = AnonymousStyle.__init__
library_computed_init = ComputedStyle.__init__

SIDES = ("top", "right", "bottom", "left")
CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
LENGTHS = (
    *(f"margin_{side}" for side in SIDES),
    *(f"padding_{side}" for side in SIDES),
    *("width", "min_width", "max_width", "height", "min_height", "max_height"),
)
NO_RADII = {f"border_{corner}_radius": (0, 0) for corner in CORNERS}
SPECIFIED = {"position", "float", "display", "page"}
LOGICAL = {function(block="ttb", inline=way) for function in PHYSICAL_FUNCTIONS.values() for way in ("ltr", "rtl")}
HANDED_DOWN = INHERITED - SPECIFIED - set(PHYSICAL_FUNCTIONS)
INITIAL = {
    name: value
    for name, value in INITIAL_VALUES.items()
    if name not in INHERITED
    and name not in INITIAL_NOT_COMPUTED
    and name not in SPECIFIED
    and not name.startswith("text_decoration_")
}
"""What a property is that no sheet speaks of and no parent hands down."""


def is_in_normal_flow(box: Any) -> bool:
    """Whether a box is in the normal flow; the library asks five questions, with a call for each."""
    style = box.style
    return style["float"] == "none" and style["position"] in ("static", "relative")


def start_anonymous(style: Any, parent: Any) -> None:
    """Make the style of a box without an element, with its initial values at once; the library looks each up when asked."""
    style.update(INITIAL)
    library_anonymous_init(style, parent)


def start_computed(style: Any, parent: Any, cascaded: dict[str, Any], *others: Any) -> None:
    """Make the style of an element, with the initial values of properties that no sheet speaks of."""
    library_computed_init(style, parent, cascaded, *others)
    if LOGICAL.isdisjoint(cascaded):
        style.update(INITIAL)
        for name in cascaded:
            style.pop(name, None)


def look_up(style: Any, name: str) -> Any:
    """A property of an element's style that was not asked for before: the parent's, where no sheet speaks of it."""
    if name in HANDED_DOWN and name not in style.cascaded and style.parent_style is not None:
        value = style[name] = style.parent_style[name]
        return value
    return library_computed_missing(style, name)


def collapse_margin(margins: Iterable[float]) -> float:
    """The margin that adjoining ones make together: the widest and the most negative of them."""
    widest = narrowest = 0.0
    for margin in margins:
        if margin > widest:
            widest = margin
        elif margin < narrowest:
            narrowest = margin
    return widest + narrowest


def page_values(box: Any) -> tuple[Any, Any]:
    """The kinds of page on which a box begins and ends: those of its first and its last child in the flow."""
    page = box.style["page"]
    children = [child for child in box.children[:1] if child.is_in_normal_flow()] or _flowing(box.children)
    if not children:
        return page, page
    first = children[0]
    last = box.children[-1]
    if not last.is_in_normal_flow():
        last = _flowing(box.children)[-1]
    start, end = first.page_values()
    return start or page, (end if last is first else last.page_values()[1]) or page


def page_values_of_line(line: Any) -> tuple[Any, Any]:
    """The kind of page of a line: what is within it can't ask for another one."""
    return line.style["page"], line.style["page"]


def _flowing(children: Iterable[Any]) -> list[Any]:
    return [child for child in children if child.is_in_normal_flow() or child.is_floated()]


def resolve_percentages(box: Any, containing_block: Any) -> None:
    """Give a box its lengths; those of a style without percentages are the same wherever a box stands."""
    style = box.style
    lengths = style.__dict__.get("lengths")
    if lengths is None:
        lengths = style.__dict__["lengths"] = _lengths(style)
    if not lengths:
        library_resolve_percentages(box, containing_block)
        return
    own = box.__dict__
    own.update(lengths)
    if style["border_collapse"] == "collapse":
        # Widths that the table's cells have agreed on stay.
        for name, width in style.__dict__["border_widths"].items():
            own.setdefault(name, width)
    else:
        own.update(style.__dict__["border_widths"])


def _lengths(style: Any) -> dict[str, Any]:
    """The lengths of all boxes of a style; empty where they depend on the box around."""
    if style["box_sizing"] != "content-box":
        return {}
    lengths = {}
    for name in LENGTHS:
        value = style[name]
        if value is not None and value != "auto":
            if getattr(value, "unit", "%").lower() != "px":
                return {}
            value = value.value
        lengths[name] = 0 if value == "auto" and name in ("min_width", "min_height") else value
    style.__dict__["border_widths"] = {f"border_{side}_width": style[f"border_{side}_width"] for side in SIDES}
    return lengths


def layout_box_backgrounds(
    page: Any, box: Any, get_image_from_uri: Any, layout_children: bool = True, style: Any = None
) -> None:
    """Place the background of a box and of those in it; most have none, and no round corners."""
    own = box.style.__dict__
    bare = own.get("is_bare")
    if bare is None:
        bare = own["is_bare"] = _is_bare(box.style)
    if not bare or box is page or style is not None:
        library_layout_box_backgrounds(page, box, get_image_from_uri, layout_children, style)
        return
    box.__dict__.update(NO_RADII)
    box.background = None
    if layout_children:
        for child in box.all_children():
            layout_box_backgrounds(page, child, get_image_from_uri)


def _is_bare(style: Any) -> bool:
    colour = style["background_color"]
    return bool(
        style["border_image_source"][0] == "none"
        and style["mask_border_source"][0] == "none"
        and style["visibility"] == "visible"
        and all(kind == "none" for kind, _ in style["background_image"])
        and (style["color"] if colour == "currentcolor" else colour).alpha == 0
        and not style["box_shadow"]
        and all((0, "px") in style[f"border_{corner}_radius"] for corner in CORNERS)
    )
