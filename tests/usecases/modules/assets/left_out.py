"""An asset that is not yielded today is not made, and what reads it is skipped."""

from treadle import Output, asset


@asset(output_required=False)
def news_today():
    if False:
        yield Output("nothing happened")


@asset
def front_page(news_today):
    return news_today


@asset
def sports_page():
    return "2:1"
