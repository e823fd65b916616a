import Glibc
import NIOCore
import NIOPosix

/// Errors of the network in words.
enum SystemErrorText {
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { text($0.error) } ?? "there is no host '\(error.host)'"
        case ChannelError.connectTimeout(_): "no answer in time"
        default: "\(error)"
        }
    }
}
