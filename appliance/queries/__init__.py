"""What clients may ask and command: plain functions from the bot to typed answers.

REST and Telegram stand on them; nothing here knows of either.
"""
