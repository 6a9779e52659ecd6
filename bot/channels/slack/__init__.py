"""Slack: Socket Mode or signed HTTP on slack-bolt, answers through the Web API.

channel     what the runtime holds             desk       everything put together for one stretch of service
access      tokens, channels, mode             places     ids, and who talks where
intake      accept first, acknowledge then     sockets    connections, watched and replaced
reading     Slack's text → plain text, pure    incoming   what people write → events
controls    presses, forms, shortcuts, /help   topics     the pages of /help, pure
render      neutral markup → mrkdwn, pure      blocks     messages, cards, forms as blocks, pure
showing     effects → what stands where        sending    posts, edits, files: each once, at Slack's pace (pace)
workspace   one team: client, names, errors    fetching   bytes of files
away        what was missed, and deafness      catchup    finding it in the history (deletions: revised)
manifest    rights and events, and why         diagnose   `frontdesk doctor`;  panel  the standing offer
"""
