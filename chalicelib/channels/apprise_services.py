"""The services of Apprise by the schemes of their addresses, so that an address can be judged without the library:
those that may be told, and those that may not, with the reason. pyproject.toml has the library's version."""

from __future__ import annotations

_PROTOCOL = "is not called over HTTP, so that its connections cannot be guarded"
_MACHINE = "is the desktop or the log of the machine that it runs on"

REFUSED: dict[str, str] = {
    **dict.fromkeys(("irc", "ircs", "xmpp", "xmpps", "smpp", "smpps", "growl", "aprs", "nostr"), _PROTOCOL),
    **dict.fromkeys(("amqp", "amqps", "mqtt", "mqtts", "rsyslog"), _PROTOCOL),
    **dict.fromkeys(("mailto", "mailtos", "deltachat", "deltachats"), "sends mail by SMTP: use the kind email"),
    **dict.fromkeys(("syslog", "dbus", "kde", "qt", "gio", "glib", "gnome", "macosx", "windows", "blink1"), _MACHINE),
    **dict.fromkeys(("fcm", "session", "sessions", "sogs"), "needs cryptography, which Apprise does not bring"),
    "vapid": "reads keys from files of the machine that it runs on",
}

_OVER_HTTP = """
    46elks acs apprise apprises atalk awswhatsapp azure bale bark barks betterstack bluesky brevo bsky bulksms bulkvs
    burstsms chanify clickatell clicksend cliq cm d7sms dapnet dingtalk discord dot eight00com elks emby embys enigma2
    enigma2s evolution evolutions exotel feishu firehydrant flock flowtriq flowtriqs fluxer fluxers form forms
    freemobile gchat github goalert goalerts gorush gorushs gotify gotifys groundmail groupme guilded gupshup hassio
    hassios httpsms humhub humhubs ifttt ilert incidentio infobip instagram jellyfin jellyfins jira join json jsons
    kakao kakaotalk kaleyra kavenegar klr kodi kodis kook kudosity kumulos lametric lametrics lark lauther lfg line
    mailersend mailgun mastodon mastodons matrix matrixs misskey misskeys mmost mmosts mobilemessage mobilemsg msg91
    msgbird ncloud nclouds nctalk nctalks nexmo notica noticas notifiarr notifico notificos notifyapp notifyre ntfy
    ntfys o365 octopush onebot onebots onesignal opsgenie opsimate opsimates pagerduty pagertree parsep parseps pbul
    pinglet pinglets pingram pjet pjets plivo postmark pover prowl psafer psafers push pushdeer pushdeers pushed
    pushme pushplus pushward pushy qq reddit resend revolt ringc rocket rockets ryver schan sendgrid sendpulse
    serwersms ses seven sfr signal signalgrid signals signl4 simplepush sinch slack smsc smseagle smseagles smsmanager
    smsmgr smstunnel smtp2go sns sparkpost spike splunk spugpush spush squadcast stackfield strmlabs synology
    synologys telesign telnyx tgram threema toot toots trigv trigvs tweet twilio twist twitter viber victorops voipms
    vonage webex wechat wecom wecombot whapi whatsapp workflow workflows wpush wxpusher wxteams x xbmc xbmcs xmatters
    xml xmls youlmk zalo zcliq zohocliq zoom zulip
"""
SERVICES = frozenset(_OVER_HTTP.split())
