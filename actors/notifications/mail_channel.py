"""Mail, by SMTP."""

from dataclasses import dataclass

from aiosmtplib import SMTPException

from actors.notifications.channels import Letter
from actors.notifications.composing import Outgoing
from actors.notifications.mailing import NotTaken, SmtpSettings, send, without_addresses
from messages.customers import Profile
from messages.wire import Json


@dataclass(frozen=True, slots=True)
class MailChannel:
    """To the customer's `email`, from an address of ours."""

    smtp: SmtpSettings
    mail_from: str

    def address_of(self, profile: Profile) -> str | None:
        """Their mail address."""
        return profile.email

    async def bring(self, letter: Letter) -> Json:
        """Sent again, a mail has the same Message-ID; so what is not known to have gone out is sent again later."""
        mail = Outgoing(
            id=letter.id,
            at=letter.at,
            mail_from=self.mail_from,
            sender_name=letter.seller.name,
            to=letter.to,
            content=letter.content,
            reply_to=letter.seller.email,
            attachments=letter.attachments,
        )
        try:
            return await send(self.smtp, mail)
        except (NotTaken, SMTPException, OSError, TimeoutError) as error:
            return {"result": "later", "detail": without_addresses(f"{type(error).__name__}: {error}")}
