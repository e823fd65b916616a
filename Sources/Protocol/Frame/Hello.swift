import NIOCore

/// The identity that a client reports: the first frame, right after the preface.
public struct Hello: Equatable, Sendable {
    /// The number of deliveries that may be in flight; 0 pauses, more than 2^20 is clamped.
    public var window: UInt32
    /// Bit 0: see ``administers``. A broker ignores bits that it does not know.
    public var features: UInt32
    public var name: String
    public var program: String
    public var version: String
    /// The process id on its host, as text.
    public var pid: String
    public var host: String
    /// The session that it wants to attach to; nil for a queue of its own.
    public var session: SessionName?
    /// The settings of the session that it sets.
    public var settings: SessionSettingsChange
    /// The producer under whose name it publishes; nil for none.
    public var producer: SessionName?

    public init(
        window: UInt32, features: UInt32 = 0, name: String, program: String = "", version: String = "",
        pid: String = "", host: String = "", session: SessionName? = nil, settings: SessionSettingsChange = .init(),
        producer: SessionName? = nil
    ) {
        self.window = window
        self.features = features
        self.name = name
        self.program = program
        self.version = version
        self.pid = pid
        self.host = host
        self.session = session
        self.settings = settings
        self.producer = producer
    }

    /// Whether the client looks at the broker and acts on it, and neither publishes nor reads: it is let in when the broker
    /// takes no new connections.
    public var administers: Bool {
        get { features & 1 != 0 }
        set { features = newValue ? features | 1 : features & ~1 }
    }

    /// The fields of HELLO. A broker ignores tags that it does not know.
    public enum Field: UInt8, CaseIterable, Sendable {
        case program = 1
        case version = 2
        case pid = 3
        case host = 4
        case session = 5
        case settings = 6
        case producer = 7

        public var name: String {
            switch self {
            case .program: "program"
            case .version: "version"
            case .pid: "pid"
            case .host: "host"
            case .session: "session"
            case .settings: "session settings"
            case .producer: "producer"
            }
        }
    }

    init(_ body: inout FrameBody) throws(FrameError) {
        self.init(
            window: try body.integer(), features: try body.integer(), name: try body.string(Int(body.header.short)))
        name = name.clamped(toUTF8: FrameLimits.helloText)
        for (tag, bytes) in try body.fields() {
            guard let field = Field(rawValue: tag) else { continue }
            switch field {
            case .program: program = Self.text(bytes)
            case .version: version = Self.text(bytes)
            case .pid: pid = Self.text(bytes)
            case .host: host = Self.text(bytes)
            case .session: session = try body.sessionName(bytes)
            case .settings: settings = try SessionSettingsChange(bytes, in: body)
            case .producer: producer = try body.sessionName(bytes)
            }
        }
        guard session != nil || settings.isEmpty else {
            throw body.badArgument("it has settings of a session and names no session")
        }
    }

    /// A text for people.
    private static func text(_ bytes: ByteBuffer) -> String {
        String(buffer: bytes).clamped(toUTF8: FrameLimits.helloText)
    }

    func write(to buffer: inout ByteBuffer) {
        let name = name.clamped(toUTF8: FrameLimits.helloText)
        buffer.writeFrame(type: ClientOpcode.hello.rawValue, short: name.utf8.count) { buffer in
            buffer.writeLittle(window)
            buffer.writeLittle(features)
            buffer.writeString(name)
            buffer.writeField(Field.program.rawValue, program)
            buffer.writeField(Field.version.rawValue, version)
            buffer.writeField(Field.pid.rawValue, pid)
            buffer.writeField(Field.host.rawValue, host)
            if let session { buffer.writeField(Field.session.rawValue, session.string) }
            if !settings.isEmpty { buffer.writeField(Field.settings.rawValue, value: settings.write) }
            if let producer { buffer.writeField(Field.producer.rawValue, producer.string) }
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
    /// The session that the connection is attached to; nil if it has a queue of its own.
    public var session: AttachedSession?
    /// What is remembered of the producer; nil if the connection publishes under no name.
    public var producer: ProducerRecord?

    /// The session that a connection is attached to.
    public struct AttachedSession: Equatable, Sendable {
        public var incarnation: UInt64
        /// Whether it existed before.
        public var isResumed: Bool

        public init(incarnation: UInt64, isResumed: Bool) {
            self.incarnation = incarnation
            self.isResumed = isResumed
        }
    }

    public init(
        connectionID: UInt64, maximumFrame: UInt32, window: UInt32, brokerName: String, version: String,
        incarnation: UInt64? = nil, capabilities: [String] = [], session: AttachedSession? = nil,
        producer: ProducerRecord? = nil
    ) {
        self.connectionID = connectionID
        self.maximumFrame = maximumFrame
        self.window = window
        self.brokerName = brokerName
        self.version = version
        self.incarnation = incarnation
        self.capabilities = capabilities
        self.session = session
        self.producer = producer
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
        producer = ProducerRecord(
            answered: fields.number(WelcomeField.producer.rawValue),
            detail: fields.bytes(WelcomeField.producerRecord.rawValue))
        if var bytes = fields.bytes(WelcomeField.session.rawValue),
            let incarnation = bytes.readInteger(endianness: .little, as: UInt64.self),
            let isResumed = bytes.readInteger(as: UInt8.self)
        {
            session = AttachedSession(incarnation: incarnation, isResumed: isResumed != 0)
        }
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
            if let session {
                buffer.writeField(WelcomeField.session.rawValue) { buffer in
                    buffer.writeLittle(session.incarnation)
                    buffer.writeInteger(UInt8(session.isResumed ? 1 : 0))
                }
            }
            if let producer {
                buffer.writeField(WelcomeField.producer.rawValue, producer.answered)
                buffer.writeField(WelcomeField.producerRecord.rawValue) { $0.writeImmutableBuffer(producer.detail) }
            }
        }
    }
}
