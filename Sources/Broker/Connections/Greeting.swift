import NIOCore
import ZaichikProtocol

/// The dialect that the first bytes of a connection announce.
enum Greeting: Equatable {
    case native
    case classic
    case unknownVersion(UInt8)
    case unknown

    /// Tells the dialects apart.
    ///
    /// - Returns: nil if more bytes are needed.
    init?(_ bytes: ByteBuffer) {
        let view = bytes.readableBytesView
        if view.first == Preface.letters[0] {
            guard view.prefix(Preface.letters.count).elementsEqual(Preface.letters.prefix(view.count)) else {
                self = .unknown
                return
            }
            guard view.count >= Preface.bytes.count else { return nil }
            let version = view[view.startIndex + Preface.letters.count]
            self = version == Preface.version ? .native : .unknownVersion(version)
            return
        }
        guard let kind = bytes.getInteger(at: bytes.readerIndex, endianness: .little, as: UInt32.self) else {
            return nil
        }
        self = kind <= ClassicFrame.largestKind ? .classic : .unknown
    }
}

/// The reason for ending a connection because of what it sent.
enum ConnectionError: Error {
    /// A native client is told with a frame.
    case frame(FrameError)
    /// No frame would be understood.
    case foreign(String)
    case classic(ClassicError)
    /// A classic client broke the rules for names; its dialect has no errors.
    case classicName(NameError)

    static func wrap<R>(_ body: () throws(FrameError) -> R) throws(ConnectionError) -> R {
        do { return try body() } catch { throw .frame(error) }
    }

    /// A description of the error for the log.
    var reason: String {
        switch self {
        case .frame(let error): "\(error)"
        case .foreign(let reason): "not a client of zaichik: \(reason)"
        case .classic(let error): "classic dialect: \(error)"
        case .classicName(let error): "classic dialect: \(error)"
        }
    }
}
