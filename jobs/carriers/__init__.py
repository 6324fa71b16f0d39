"""What takes a letter out of the house: e-mail, signed webhooks, chats; none of them decides to whom or when.

Each is given a parcel and answers ``sent`` (it was taken, which proves nothing), ``delivered`` (the receiver said that
it has it), ``failed`` for good, or ``later`` where another try may succeed. Nothing is sent to an address that its file
refuses.
"""
