"""What may be done with an article, and the credit that must travel with it.

`licences` reads marks; `table` and `gate` decide; `evidence` watches house terms; `wording`, `lines` and `attribution`
write the credit; `rendered` and `invariant` prove it on any output; `courtesy` drafts the message to the publisher.
"""
