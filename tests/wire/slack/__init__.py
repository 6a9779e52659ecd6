"""A Slack on loopback that slack_bolt and slack_sdk talk to unchanged: Web API, Socket Mode, Events API, faults.

It refuses what Slack refuses, notes in `violations` what a correct app never does, and keeps what people saw.

    server       SlackServer: what tests hold in their hands
    world        teams, people, rooms, files, the clock
    transcript   messages, and who saw which;  shown  how they read
    people       what persons say;  hands  what they press and command;  forms, values  what they fill in
    api          the Web API's door;  arguments  its table of methods;  methods_*, views, files  the methods
    rights       triggers, response URLs, pace
    blocks       Block Kit's limits, said in  rules;  content  messages checked, pings and previews noted
    events       what Slack tells the app;  courier  with retries;  sockets, http_events  by which road
    faults       trouble on demand;  trouble  what it does to a request;  bell  waiting
"""

from tests.wire.slack.rights import Pace
from tests.wire.slack.server import SlackServer
from tests.wire.slack.transcript import Message
from tests.wire.slack.views import Modal
from tests.wire.slack.world import Channel, File, Ping, Team, Unfurl, User

__all__ = ["Channel", "File", "Message", "Modal", "Pace", "Ping", "SlackServer", "Team", "Unfurl", "User"]
