"""What clients may query and command: plain functions from the bot to typed answers.

The REST API and Telegram use them; nothing here depends on either.
"""
