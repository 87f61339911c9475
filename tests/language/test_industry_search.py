"""A class or everyday words find the industry; what is of none, or may be of several, is not guessed."""

import pytest

from grading.language.industries import industries
from grading.language.industry_search import find
from tests.shipped import LIBRARY

REGISTER = industries(LIBRARY)
ONE = """
做防水卷材的 waterproofing|防水涂料生产销售 waterproofing|SBS改性沥青卷材 waterproofing|铸件 foundry
压铸厂 foundry|翻砂的 foundry|预拌砂浆 concrete|商混站 concrete
水泥制品 concrete|水泥管 concrete|水泥粉磨站 cement_grinding|熟料生产线 cement
石灰窑 lime|白灰厂 lime|红砖 brick|免烧砖 brick_nonsintered
加气砖 brick_nonsintered|瓷砖 ceramics|耐火砖 refractories|玻璃瓶厂 glass
岩棉板 mineral_wool|玻璃钢化粪池 frp|炼油厂 petrochemical|合成橡胶 petrochemical
炭黑 carbon_black|尿素 coal_nitrogen_fertiliser|原料药 pharmaceuticals|农药厂 pesticides
油漆厂 coatings_manufacturing|油墨 ink_manufacturing|ＨＰＭＣ cellulose_ether|彩印厂 package_printing
胶合板 wood_panels|人造革 synthetic_leather|轮胎 rubber|胶鞋厂 footwear
皮鞋 footwear|实木家具 furniture|重卡 automobile|挖掘机制造 construction_machinery
钢结构喷涂 industrial_coating|焦化厂 coking|兰炭 coking|硅锰合金 ferroalloy
电炉炼钢 steel_short|高炉 steel_long|氧化铝 alumina|电解铝 aluminium_electrolysis
铝型材 nonferrous_rolling|废铝回收熔炼 secondary_nonferrous|炼铜 copper_smelting|铅锌冶炼 lead_zinc_smelting
钼焙烧 molybdenum_smelting|石墨电极 carbon|C3033 waterproofing|3021 concrete
c291 rubber
"""
NONE = (
    "加油站|石灰石矿|玻璃棉|沥青搅拌站|铝合金门窗|不锈钢制品|中药饮片|药店|书刊印刷|印刷厂|印染厂|家具店|汽车维修|汽车零部件|"
    "挖掘机租赁|防水工程施工|复合肥|养猪场|面粉厂|C0310|C99|汽车玻璃|补胎|石墨烯|橡胶机械"
)
SEVERAL = {
    "钢铁厂": {"steel_long", "steel_short"},
    "铝厂": {"alumina", "aluminium_electrolysis", "secondary_nonferrous", "nonferrous_rolling"},
    "家具喷漆": {"furniture", "industrial_coating"},
    "钼铁": {"ferroalloy", "molybdenum_smelting"},
    "砖厂": {"brick", "brick_nonsintered"},
}


def meant(text: str) -> set[str]:
    return {found.ruleset for found in find(REGISTER, text)}


def test_everyday_words_and_classes_find_the_one_ruleset_they_mean() -> None:
    expected = dict(pair.split() for line in ONE.split("\n") for pair in line.split("|") if pair)
    assert {text: meant(text) for text in expected} == {text: {name} for text, name in expected.items()}


def test_what_is_of_no_key_industry_finds_none() -> None:
    assert {text: meant(text) for text in NONE.split("|")} == {text: set() for text in NONE.split("|")}


def test_what_may_be_of_several_industries_finds_them_all() -> None:
    assert {text: meant(text) for text in SEVERAL} == SEVERAL


@pytest.mark.parametrize("by", ["label", "name_en", "id"])
def test_the_name_of_an_industry_finds_its_rulesets(by: str) -> None:
    for industry in REGISTER.industries:
        assert meant(getattr(industry, by)) == set(industry.rulesets), industry.label


def test_words_name_rulesets_of_the_register_and_stand_once() -> None:
    known = {name for industry in REGISTER.industries for name in industry.rulesets}
    words = [word for listed in REGISTER.words for word in listed.words]
    assert {name for listed in REGISTER.words for name in listed.rulesets} == known
    assert len(words) == len(set(words))
    assert not set(words) & set(REGISTER.outside)
