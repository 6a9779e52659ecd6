"""The channel contract: the same conversations over every face of the bot, and the answers are the same.

sides    what people do and see on one platform, in words that fit all;  slack, discord  the two of them
native   a face for conversation tests whose people talk on a platform;  web  one on the playground's socket
beside   the console and one more face, compared at each step
alike    what of a line is the same on every face, and where a platform's nature makes it differ
talk     somebody does something and sees what comes of it, for tests that are no scripts

test_conversations   every script of tests/conversations over web, Slack and Discord, against the console
test_words           long texts, hostile words, many choices, long labels: shown whole, and ringing nobody
test_across          customers on one platform, staff on the other
"""
