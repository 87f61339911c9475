"""The catalogue of what can be wrong with a campaign, its plants and its roster beyond single values."""

from grading.problems.reason import Sentences


class CampaignCode(Sentences):
    """A stable name for programs, with the sentence of a problem in Chinese and in English."""

    # Plants
    PERMIT_NOT_LISTED = (
        "permit_not_listed",
        "企业清单中没有排污许可证编号 {permit}",
        "no plant of the list has the permit {permit}",
    )
    PERMIT_UNKNOWN = (
        "permit_unknown",
        "本次行动的范围内没有排污许可证编号为 {permit} 的企业",
        "no plant within the campaign's area has the permit {permit}",
    )
    PERMIT_NOT_ON_ROSTER = (
        "permit_not_on_roster",
        "名单上没有排污许可证编号为 {permit} 的企业",
        "no plant on the roster has the permit {permit}",
    )
    PERMIT_SPELLING = (
        "permit_spelling",
        "应写作 {permit}，不带空格和看不见的字符，用半角",
        "should be written {permit}, without spaces or invisible characters, in ordinary width",
    )
    PERMIT_TWICE_IN_FILE = (
        "permit_twice_in_file",
        "排污许可证编号 {permit} 已在第 {line} 行",
        "the permit {permit} stands on line {line} already",
    )
    PERMIT_TWICE_ON_ROSTER = (
        "permit_twice_on_roster",
        "排污许可证编号 {permit} 已在 roster[{index}]",
        "the permit {permit} stands at roster[{index}] already",
    )
    TARGET_IN_DOCUMENT = (
        "target_in_document",
        "{permit} 的目标已写在行动方案的 roster 中",
        "the target of {permit} stands in the document's roster already",
    )
    AUDIT_WITHOUT_PERMIT = (
        "audit_without_permit",
        "审核中没有排污许可证编号，不知是哪一家企业",
        "the audit states no permit, so whose it is is not known",
    )
    AUDIT_GRADED_OTHERWISE = (
        "audit_graded_otherwise",
        "这份审核评为 {graded}，{permit} 当日有效的等级是 {grade}；应给出公布时所依据的审核",
        "this audit is graded {graded}, and in force of {permit} is {grade}; the audit that was published is wanted",
    )
    UNIT_TWICE = "unit_twice", "单元编号 {unit} 重复", "the unit id {unit} stands twice"
    TOO_MANY_LINES = "too_many_lines", "超过 {most:,} 行", "has more than {most:,} lines"

    # Levels, targets and plans
    LEVEL_UNKNOWN = (
        "level_unknown",
        "没有等级 {level}；评级结果可以是 {levels}",
        "there is no level {level}; a grading has one of {levels}",
    )
    LEVEL_NOT_TO_REACH = (
        "level_not_to_reach",
        "没有等级 {level}；可以是 {levels}",
        "there is no level {level} to reach; there are {levels}",
    )
    TARGET_MISSING = (
        "target_missing",
        "有改造计划的企业应写明目标等级",
        "a plant with planned measures needs a target",
    )
    FINISH_BEFORE_START = (
        "finish_before_start",
        "{finish} 早于开始日期 {start}",
        "{finish} is before the start on {start}",
    )

    # The document
    DAYS_OUT_OF_ORDER = (
        "days_out_of_order",
        "{day} 早于 {before}（{first}）；各日期应依次不早于前一个",
        "{day} is before {before} ({first}); each day should not be before the one above it",
    )
    ZONE_TWICE = "zone_twice", "区域 {zone} 重复", "the zone {zone} stands twice"
    ZONE_BOUND_MISSING = (
        "zone_bound_missing",
        "有占比目标时应写明市区及周边的范围（公里）；只算市区内的写 0",
        "with shares the reach around urban areas (km) has to be stated; 0 for urban areas alone",
    )
    INDUSTRY_NOT_KEY = "industry_not_key", "不是重点行业：{industry}{hint}", "is no key industry: {industry}{hint}"
    INDUSTRY_MISSPELT = "industry_misspelt", "没有行业 {industry}{hint}", "there is no industry {industry}{hint}"
    INDUSTRY_TWICE = "industry_twice", "行业 {industry} 重复", "the industry {industry} stands twice"
    COUNTY_OUTSIDE = (
        "county_outside",
        "{county} 不在本次行动的范围 {area} 之内",
        "{county} is not within the campaign's area {area}",
    )
    COUNTY_OR_REST = (
        "county_or_rest",
        "应写明 county，或写 rest: true，二者取一",
        "should have either a county or rest: true",
    )
    COUNTY_NOT_LISTED = (
        "county_not_listed",
        "没有区划代码为 {county} 的区县；开发区等可在 counties 中写明代码和名称",
        "there is no county {county}; development zones can be named with their codes in counties",
    )
    TARGET_TWICE = "target_twice", "{county} 的目标重复", "there are two targets of {county}"
    OUTLINES_FORM = (
        "outlines_form",
        "应为 GeoJSON 的 FeatureCollection，features 中每个区县一项",
        "should be a GeoJSON FeatureCollection with a feature for each county",
    )
    OUTLINE_WITHOUT_COUNTY = (
        "outline_without_county",
        "properties 中应有 county（或 adcode），为六位区划代码",
        "properties need county (or adcode), a code of six digits",
    )
    OUTLINE_TWICE = (
        "outline_twice",
        "{county} 的轮廓已在 features[{index}]",
        "the outline of {county} stands at features[{index}] already",
    )
    OUTLINE_GEOMETRY = (
        "outline_geometry",
        "应为 Polygon 或 MultiPolygon，坐标为 [经度, 纬度]，在中国境内，每环至少 4 点",
        "should be a Polygon or MultiPolygon of [longitude, latitude] within China, each ring with 4 points or more",
    )
    OUTLINES_TOO_FINE = (
        "outlines_too_fine",
        "共 {points:,} 个点，应不超过 {most:,} 个，请先简化",
        "has {points:,} points; simplify it to {most:,} or fewer",
    )
    AREA_NOT_YOURS = (
        "area_not_yours",
        "范围 {area} 不在您的辖区（{own}）",
        "the area {area} is not within yours ({own})",
    )
    CAMPAIGN_EXISTS = "campaign_exists", "已有编号为 {id} 的行动", "there is a campaign {id} already"
