import DequeModule
import NIOCore
import ZaichikProtocol

/// The frames that a connection has still to send, in order.
///
/// While the broker holds publishes back (BLOCKED), they stay here and requests overtake them, as a commit or an
/// unsubscribe may make room. They also stay here while the socket takes no more, so that little is beyond recall when
/// the broker says that a topic is full.
struct OutputQueue: Sendable {
    enum Kind: Sendable {
        /// May overtake publishes that are held back.
        case request
        case publish
        /// Never overtakes a publish: CLOSE, and a PING that asks whether everything before it is answered.
        case barrier
    }

    private struct Piece: Sendable {
        var kind: Kind
        var bytes = ByteBuffer()
        var frames: UInt64 = 0
    }

    /// A piece of output is closed at so many bytes, and publishes are taken by the piece.
    private static let pieceSize = 128 << 10

    private var pieces = Deque<Piece>()
    /// How many publishes were taken. Those after them have never left this process.
    private(set) var publishesTaken: UInt64 = 0
    /// Whether the broker wants no publishes now.
    var isBlocked = false

    /// Appends the one frame that `write` writes.
    mutating func append(_ kind: Kind, _ write: (inout ByteBuffer) -> Void) {
        var last = pieces.count - 1
        if last < 0 || pieces[last].kind != kind || pieces[last].bytes.readableBytes >= Self.pieceSize {
            pieces.append(Piece(kind: kind))
            last += 1
        }
        write(&pieces[last].bytes)
        pieces[last].frames += 1
    }

    mutating func append(_ frame: ClientFrame, _ kind: Kind = .request) {
        append(kind) { frame.write(to: &$0) }
    }

    /// Takes the frames that may be sent now, with at most one piece of publishes.
    ///
    /// - Parameter isWritable: Whether the socket takes publishes without having them wait in memory.
    /// - Returns: nil if nothing may be sent now.
    mutating func take(isWritable: Bool) -> ByteBuffer? {
        var taken = ByteBuffer()
        if isBlocked {
            takeOvertaking(into: &taken)
        } else {
            while let first = pieces.first {
                let mayGo = first.kind != .publish || isWritable && taken.readableBytes < Self.pieceSize
                guard mayGo, let piece = pieces.popFirst() else { break }
                take(piece, into: &taken)
            }
        }
        return taken.readableBytes > 0 ? taken : nil
    }

    /// Drops the publishes that were not taken, so that they are never sent.
    mutating func dropPublishes() { pieces.removeAll { $0.kind == .publish } }

    /// Takes everything that has to wait for no publish.
    private mutating func takeOvertaking(into taken: inout ByteBuffer) {
        var held = Deque<Piece>()
        for piece in pieces {
            switch piece.kind {
            case .request: take(piece, into: &taken)
            case .barrier where held.isEmpty: take(piece, into: &taken)
            case .barrier, .publish: held.append(piece)
            }
        }
        pieces = held
    }

    private mutating func take(_ piece: Piece, into taken: inout ByteBuffer) {
        if piece.kind == .publish { publishesTaken += piece.frames }
        if taken.readableBytes == 0 { taken = piece.bytes } else { taken.writeImmutableBuffer(piece.bytes) }
    }
}
