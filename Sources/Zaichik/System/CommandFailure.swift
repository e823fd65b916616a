import ZaichikClient

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
struct CommandFailure: Error {
    var status: Int32
    var message: String

    init(_ message: String) { self.init(ExitStatus.failure, message) }

    init(_ status: Int32, _ message: String) {
        self.status = status
        self.message = message
    }

    static func status(of code: ClientError.Code) -> Int32 {
        switch code {
        case .connectionRefused, .hostNotFound, .timedOut, .unreachable, .notZaichik, .versionMismatch:
            ExitStatus.unavailable
        case .invalidName: ExitStatus.usage
        case .cancelled: ExitStatus.interrupted
        case .connectionLost, .notSent, .closed, .refused, .refusedWithNewerCode, .tooLong: ExitStatus.failure
        }
    }
}
