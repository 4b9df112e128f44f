# Net::SIP registers, refreshes, calls and unregisters.
# Arguments: server host, port, own host, port, udp or tcp, user, password, call or stay.
use strict;
use warnings;
use Net::SIP;

my ($host, $port, $own, $own_port, $transport, $user, $password, $calls) = @ARGV;
my $bracketed = $host =~ /:/ ? "[$host]" : $host;
my $own_bracketed = $own =~ /:/ ? "[$own]" : $own;
my $domain = "$bracketed:$port";
my $suffix = $transport eq 'tcp' ? ';transport=tcp' : '';
my $phone = Net::SIP::Simple->new(
    legs           => [{ proto => $transport, addr => $own, port => $own_port }],
    outgoing_proxy => $domain,
    registrar      => $domain,
    domain         => $domain,
    from           => "sip:$user\@$domain",
    contact        => "sip:$user\@$own_bracketed:$own_port$suffix",
    auth           => [$user, $password],
);

sub register {
    my ($seconds) = @_;
    $phone->register(expires => $seconds);
    die 'REGISTER: ' . $phone->error . "\n" if $phone->error;
}

register(60);
register(60);
if ($calls eq 'call') {
    my $is_over = 0;
    my $call = $phone->invite("sip:11\@$domain", init_media => $phone->rtp('recv_echo'))
        or die 'INVITE: ' . $phone->error . "\n";
    die 'INVITE: ' . $call->error . "\n" if $call->error;
    $phone->loop(0.2);
    $call->bye(cb_final => \$is_over);
    $phone->loop(5, \$is_over);
}
register(0);
