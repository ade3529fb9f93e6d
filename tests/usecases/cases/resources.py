"""Cases on resources: what ops use and do not read as a value."""

from tests.usecases.running import Asked, case

CASES = [
    case(
        "resources/as_a_parameter.py",
        Asked(select="titles", values={"titles": ["poems-0", "poems-1"]}),
        Asked(
            select="titles",
            config={"resources": {"catalogue": {"config": {"books": 1}}}},
            values={"titles": ["poems-0"]},
        ),
    ),
    case(
        "resources/in_a_resource.py",
        Asked(
            select="call_made",
            values={"call_made": "ulm:12"},
            files={
                "in_a_resource.txt": "line 12 up\nexchange ulm up\ncalled\n"
                "exchange ulm down\nline 12 down\n"
            },
        ),
    ),
    case(
        "resources/told_at_launch.py",
        Asked(
            select="mailbox_path",
            config={"resources": {"mailbox": {"config": {"owner": "ada"}}}},
            values={"mailbox_path": "ada/sent"},
        ),
        Asked(select="mailbox_path", refused="owner"),
    ),
    case("resources/of_a_function.py", Asked(select="measured", values={"measured": "12m 1"})),
    case(
        "resources/any_object.py", Asked(select="clock_text", values={"clock_text": "07 o'clock"})
    ),
    case(
        "resources/brought_along.py",
        Asked(
            select="stamped_page or written_page",
            values={"stamped_page": "seen", "written_page": "seen in blue"},
        ),
    ),
    case("resources/a_factory.py", Asked(select="next_number", values={"next_number": 42})),
    case(
        "resources/a_context_manager.py",
        Asked(
            select="session_state",
            values={"session_state": "s1 open"},
            files={"a_context_manager.txt": "closed"},
        ),
    ),
    case(
        "resources/in_an_op_of_a_graph.py",
        Asked(select="german_word", values={"german_word": "Baum"}),
    ),
    case(
        "resources/from_the_environment_too.py",
        Asked(select="door_text", values={"door_text": "4 digits on floor 3"}),
    ),
]
