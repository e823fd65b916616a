/// An error in a frame, for the ERROR that answers it.
public struct FrameError: Error, Equatable, Sendable, CustomStringConvertible {
    public var code: ErrorCode
    /// The request that it answers; 0 if there is none.
    public var request: UInt32
    /// A description of what was wrong, and what would be right.
    public var message: String

    public init(_ code: ErrorCode, request: UInt32 = 0, _ message: String) {
        self.code = code
        self.request = request
        self.message = message
    }

    public var description: String { "\(code.name): \(message)" }
}
