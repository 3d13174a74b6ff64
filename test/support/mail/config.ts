/** The one account of the mail server. */
export const mailServerLogin = { username: 'herald', password: 'correct-horse-battery' } as const;

/** Dovecot as nothing but the answer to postfix' AUTH. */
export function dovecotConfig(directory: string): string {
  return `
base_dir = ${directory}/run
state_dir = ${directory}/run
log_path = ${directory}/dovecot.log
protocols = none
ssl = no
auth_mechanisms = plain login
auth_failure_delay = 0
disable_plaintext_auth = no
passdb {
  driver = passwd-file
  args = ${directory}/users
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}
service auth {
  unix_listener ${directory}/auth.sock {
    mode = 0666
  }
}
service anvil {
  # No growing delay after a wrong password.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
`;
}

/** Postfix with two boxes in example.com and no way out. */
export function postfixMain(directory: string): string {
  return `
compatibility_level = 3.6
queue_directory = ${directory}/queue
data_directory = ${directory}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = ${directory}/postfix.log
maillog_file_prefixes = ${directory}
myhostname = mail.example.com
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = example.com
virtual_mailbox_base = ${directory}/mail
virtual_mailbox_maps = inline:{ { oncall@example.com = oncall/ }, { second@example.com = second/ } }
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_reject_unlisted_recipient = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${directory}/auth.sock
smtpd_tls_auth_only = yes
smtpd_tls_chain_files = ${directory}/server.pem
smtpd_tls_security_level = encrypt
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
message_size_limit = 1000000
mailbox_size_limit = 0
notify_classes =
`;
}

/** Only the services that a mail into a local box needs; nothing in a chroot. */
export function postfixMaster(submissionPort: number, smtpsPort: number): string {
  return `
127.0.0.1:${submissionPort} inet n - n - - smtpd
127.0.0.1:${smtpsPort} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`;
}
