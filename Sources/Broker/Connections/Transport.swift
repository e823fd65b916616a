import NIOCore

/// How a connection's bytes get to and from its socket: chosen at accept.
enum Transport {
    /// The connection's handler is the only one. It reads into buffers of its own, and sends a single piece with a
    /// system call.
    case socket(NIOBSDSocket.Handle)
    /// Other handlers stand between, which see and change all bytes: everything goes through the pipeline.
    case pipeline

    var socket: NIOBSDSocket.Handle? {
        switch self {
        case .socket(let socket): socket
        case .pipeline: nil
        }
    }

    /// Whether memory that was read may become a part of a log, because no other handler can have kept it.
    var readsIntoOwnBuffers: Bool { socket != nil }
}
