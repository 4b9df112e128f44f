#!/bin/sh
# Net::SIP 0.835 writes the Request-URI of a REGISTER in angle brackets when the registrar is given
# as a URI with a parameter.
#
# Seen 2026-11-30 with Debian's libnet-sip-perl 0.835-1 and Perl 5.36.0:
#
#   registrar => '127.0.0.1:PORT'                        REGISTER sip:127.0.0.1:PORT SIP/2.0
#   registrar => 'sip:127.0.0.1:PORT;transport=udp'      REGISTER <sip:127.0.0.1:PORT;transport=udp> SIP/2.0
#
# Brackets belong to header fields (RFC 3261 §20); a request line has none (§25.1), so a server
# answers 400. It works with HOST:PORT, the transport then being that of the leg.
# Needs Debian's apt-get and perl. Ends with 0 as long as the package behaves so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get -o APT::Sandbox::User=root download libnet-sip-perl=0.835-1 >/dev/null
for package in *.deb; do dpkg-deb --extract "$package" .; done
cat >play.pl <<'END'
use strict;
use warnings;
use IO::Socket::INET;
use Net::SIP;

# The first line of what a registrar gets.
sub request_line {
    my ($write) = @_;
    my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'udp') or die $!;
    my $address = '127.0.0.1:' . $server->sockport;
    my $pid = fork;
    die 'fork' unless defined $pid;
    if ($pid == 0) {
        my $phone = Net::SIP::Simple->new(
            legs => ['127.0.0.1:0'], outgoing_proxy => $address, from => "sip:10\@$address");
        $phone->register(registrar => $write->($address), cb_final => sub {});
        $phone->loop(1);
        exit 0;
    }
    local $SIG{ALRM} = sub { die "nothing came\n" };
    alarm 10;
    $server->recv(my $request, 65535);
    alarm 0;
    kill 'TERM', $pid;
    waitpid $pid, 0;
    my ($line) = split /\r\n/, $request;
    $line =~ s/\Q$address\E/ADDRESS/;
    return $line;
}

my $plain = request_line(sub { $_[0] });
my $uri = request_line(sub { "sip:$_[0];transport=udp" });
print "Net::SIP $Net::SIP::VERSION\n$plain\n$uri\n";
die "changed\n" unless $Net::SIP::VERSION eq '0.835';
die "changed\n" unless $plain eq 'REGISTER sip:ADDRESS SIP/2.0';
die "changed\n" unless $uri eq 'REGISTER <sip:ADDRESS;transport=udp> SIP/2.0';
END
timeout 60 perl -I usr/share/perl5 play.pl
