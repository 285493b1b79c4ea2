"""An alarm over a team's own history: when it would have spoken, and which threshold would be calmer. Pure."""
