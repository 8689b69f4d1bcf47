"""What a holder passes on and what others follow: badge, profile link, calendar, feed, each from public facts."""
