"""What only a run can know of a resource is left open, and told when it is launched."""

from treadle import ConfigurableResource, Definitions, asset


class Mailbox(ConfigurableResource):
    owner: str
    folder: str = "inbox"


@asset
def mailbox_path(mailbox: Mailbox) -> str:
    return f"{mailbox.owner}/{mailbox.folder}"


defs = Definitions(
    assets=[mailbox_path], resources={"mailbox": Mailbox.configure_at_launch(folder="sent")}
)
