import NIOCore

/// The identity that a client reports: the first frame, right after the preface.
public struct Hello: Equatable, Sendable {
    /// The number of deliveries that may be in flight; 0 pauses, more than 2^20 is clamped.
    public var window: UInt32
    /// Bits for future features; none is defined yet.
    public var features: UInt32
    public var name: String
    public var program: String
    public var version: String
    /// The process id on its host, as text.
    public var pid: String
    public var host: String

    public init(
        window: UInt32, features: UInt32 = 0, name: String, program: String = "", version: String = "",
        pid: String = "", host: String = ""
    ) {
        self.window = window
        self.features = features
        self.name = name
        self.program = program
        self.version = version
        self.pid = pid
        self.host = host
    }

    /// The optional texts of HELLO. A broker ignores tags that it does not know.
    public enum Field: UInt8, CaseIterable, Sendable {
        case program = 1
        case version = 2
        case pid = 3
        case host = 4

        public var name: String {
            switch self {
            case .program: "program"
            case .version: "version"
            case .pid: "pid"
            case .host: "host"
            }
        }
    }

    subscript(field: Field) -> String {
        get {
            switch field {
            case .program: program
            case .version: version
            case .pid: pid
            case .host: host
            }
        }
        set {
            switch field {
            case .program: program = newValue
            case .version: version = newValue
            case .pid: pid = newValue
            case .host: host = newValue
            }
        }
    }

    init(_ body: inout FrameBody) throws(FrameError) {
        self.init(
            window: try body.integer(), features: try body.integer(), name: try body.string(Int(body.header.short)))
        name = name.clamped(toUTF8: FrameLimits.helloText)
        for (tag, bytes) in try body.fields() {
            guard let field = Field(rawValue: tag) else { continue }
            self[field] = String(buffer: bytes).clamped(toUTF8: FrameLimits.helloText)
        }
    }

    func write(to buffer: inout ByteBuffer) {
        let name = name.clamped(toUTF8: FrameLimits.helloText)
        buffer.writeFrame(type: ClientOpcode.hello.rawValue, short: name.utf8.count) { buffer in
            buffer.writeLittle(window)
            buffer.writeLittle(features)
            buffer.writeString(name)
            for field in Field.allCases { buffer.writeField(field.rawValue, self[field]) }
        }
    }
}

/// The broker's answer to HELLO.
public struct Welcome: Equatable, Sendable {
    public var connectionID: UInt64
    /// The longest frame that either side may send from now on, the length field included.
    public var maximumFrame: UInt32
    /// The number of deliveries that may be in flight.
    public var window: UInt32
    public var brokerName: String
    public var version: String
    /// A number that no other process of the broker has; nil if the broker does not know of incarnations.
    public var incarnation: UInt64?
    /// The names of what the broker can do, including those that this version does not know.
    public var capabilities: [String]

    public init(
        connectionID: UInt64, maximumFrame: UInt32, window: UInt32, brokerName: String, version: String,
        incarnation: UInt64? = nil, capabilities: [String] = []
    ) {
        self.connectionID = connectionID
        self.maximumFrame = maximumFrame
        self.window = window
        self.brokerName = brokerName
        self.version = version
        self.incarnation = incarnation
        self.capabilities = capabilities
    }

    /// Whether the broker has a capability.
    public func has(_ capability: Capability) -> Bool { capabilities.contains(capability.name) }

    init(_ body: inout FrameBody) throws(FrameError) {
        self.init(
            connectionID: try body.integer(), maximumFrame: try body.integer(), window: try body.integer(),
            brokerName: try body.string(Int(body.header.short)), version: try body.shortString())
        let fields = try body.fields()
        incarnation = fields.number(WelcomeField.incarnation.rawValue)
        capabilities = fields.filter { $0.tag == WelcomeField.capability.rawValue }.map { String(buffer: $0.bytes) }
    }

    func write(to buffer: inout ByteBuffer) {
        let name = brokerName.clamped(toUTF8: FrameLimits.helloText)
        buffer.writeFrame(type: BrokerOpcode.welcome.rawValue, short: name.utf8.count) { buffer in
            buffer.writeLittle(connectionID)
            buffer.writeLittle(maximumFrame)
            buffer.writeLittle(window)
            buffer.writeString(name)
            buffer.writeShortString(version)
            buffer.writeField(WelcomeField.incarnation.rawValue, incarnation)
            for capability in capabilities { buffer.writeField(WelcomeField.capability.rawValue, capability) }
        }
    }
}
