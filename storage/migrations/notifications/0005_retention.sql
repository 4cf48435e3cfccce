-- What arrived long ago is deleted, with its text and the lane that it leaves empty.

grant delete on webhook_delivery, webhook_body, webhook_lane to {role};
