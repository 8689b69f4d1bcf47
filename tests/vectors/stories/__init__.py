"""The stories of subjects: ``tell(world)`` of each module lets every event of one happen, in a ledger of its own."""
