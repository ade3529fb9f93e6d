"""Assets are gathered from modules, with a group and a prefix for all of them."""

import gathered_from

from treadle import Definitions, load_assets_from_modules

defs = Definitions(
    assets=load_assets_from_modules([gathered_from], group_name="gathered", key_prefix="shop")
)
