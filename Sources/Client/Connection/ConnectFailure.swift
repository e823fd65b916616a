import NIOCore
import NIOPosix
import ZaichikProtocol

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Explains why there is no connection, where, and what would help.
enum ConnectFailure {
    private static let start = "Start a broker with: zaichik serve"
    private static let check = "Check the address (--connect HOST:PORT, or \(BrokerAddress.environmentVariable))"

    static func socket(_ error: any Error, _ address: BrokerAddress) -> ClientError {
        switch error {
        case let error as NIOConnectionError: return connection(error, address)
        case ChannelError.connectTimeout(_):
            return ClientError(
                .timedOut, "cannot connect to \(address): no answer in time. \(check), and the firewalls between")
        case let error as IOError where error.errnoCode == ECONNREFUSED: return refused(address)
        default:
            return ClientError(.unreachable, "cannot connect to \(address): \(text(error)). \(check)")
        }
    }

    private static func connection(_ error: NIOConnectionError, _ address: BrokerAddress) -> ClientError {
        guard let first = error.connectionErrors.first?.error else {
            return ClientError(
                .hostNotFound, "cannot connect to \(address): there is no host '\(address.host)'. \(check)")
        }
        return socket(first, address)
    }

    /// An error in words: the system's own where it has some.
    static func text(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }

    private static func refused(_ address: BrokerAddress) -> ClientError {
        ClientError(.connectionRefused, "cannot connect to \(address): nothing listens there. \(start)")
    }

    static func noWelcome(_ address: BrokerAddress) -> ClientError {
        ClientError(
            .timedOut,
            "\(address) takes connections, but no broker answered in time: it hangs, or it is not zaichik. \(check)")
    }

    /// The other side closed before it said WELCOME.
    static func closedBeforeWelcome(hasReadAnything: Bool, _ address: BrokerAddress) -> ClientError {
        guard hasReadAnything else {
            return ClientError(
                .versionMismatch,
                """
                \(address) closed the connection without an answer: it is a zaichik of another protocol version (this \
                one speaks version \(Preface.version)), or not zaichik at all. \(check), and the broker's version
                """)
        }
        return notZaichik("it closed the connection in the middle of its first frame", address)
    }

    /// How much of a strange answer is shown, in bytes.
    static let shownBytes = 24

    /// Describes what was received in place of a frame.
    static func describe(_ bytes: ByteBuffer) -> String {
        let shown = bytes.readableBytesView.map { byte in
            (0x20..<0x7F).contains(byte) ? String(Unicode.Scalar(byte)) : "."
        }
        return "it sent '\(shown.joined())' where a frame should begin"
    }

    /// Adds the address to the reason for which a connection ended.
    static func located(_ reason: ClientError, _ address: BrokerAddress, wasConnected: Bool) -> ClientError {
        switch reason.code {
        case .notZaichik: notZaichik(reason.message, address)
        case .connectionLost where wasConnected:
            ClientError(.connectionLost, "the connection to \(address) was lost: \(reason.message)")
        case .connectionLost: ClientError(.unreachable, "cannot connect to \(address): \(reason.message). \(check)")
        default: reason
        }
    }

    static func notZaichik(_ detail: String, _ address: BrokerAddress) -> ClientError {
        ClientError(.notZaichik, "what listens at \(address) is not zaichik: \(detail). \(check)")
    }
}
