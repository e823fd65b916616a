import ZaichikClient
import ZaichikProtocol

/// The exit codes, from sysexits.h where it has one.
enum ExitStatus {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    /// Of `status`: the broker drops or refuses something.
    static let inTrouble: Int32 = 2
    static let usage: Int32 = 64
    static let unavailable: Int32 = 69
    static let timedOut: Int32 = 75
    static let interrupted: Int32 = 130
}

/// Ends the command with a message: what was wrong, where, and what would be right.
struct CommandFailure: Error, CustomStringConvertible {
    var status: Int32
    var message: String

    init(_ message: String) { self.init(ExitStatus.failure, message) }

    init(_ status: Int32, _ message: String) {
        self.status = status
        self.message = message
    }

    var description: String { message }

    static func status(of error: any Error) -> Int32 {
        switch error {
        case let failure as CommandFailure: failure.status
        case let error as ClientError: status(of: error.code)
        default: ExitStatus.failure
        }
    }

    static func status(of code: ClientError.Code) -> Int32 {
        switch code {
        case .connectionRefused, .hostNotFound, .timedOut, .unreachable, .notZaichik, .versionMismatch, .connectionLost:
            ExitStatus.unavailable
        // The broker ended the connection, or did not begin one.
        case .refused(let code) where code.scope == .connection: ExitStatus.unavailable
        case .invalidName: ExitStatus.usage
        case .cancelled: ExitStatus.interrupted
        case .notSent, .receiptLost, .closed, .refused, .refusedWithNewerCode, .tooLong, .notInFlight, .notSupported:
            ExitStatus.failure
        }
    }
}
