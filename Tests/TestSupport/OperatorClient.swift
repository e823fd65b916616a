import ZaichikProtocol

// Acts, as tests ask for them.
extension NativeClient {
    /// - Returns: ACTED, or the ERROR.
    public func answer(to act: ActRequest) throws -> BrokerFrame {
        let request = nextRequest()
        try send(.act(request: request, act))
        return try receive { frame in
            switch frame {
            case .acted(request, _), .error(_, request, _): true
            default: false
            }
        }.last!
    }

    /// Does something to a client, or to a session.
    ///
    /// - Parameter fill: Sets the fields.
    @discardableResult
    public func act(
        _ act: Act, client: UInt64 = 0, session: String = "", isDryRun: Bool = false,
        _ fill: (inout ActValues) -> Void = { _ in }
    ) throws -> Acted {
        var values = ActValues()
        fill(&values)
        let answer = try answer(
            to: ActRequest(act, client: client, name: session, values: values, isDryRun: isDryRun))
        guard case .acted(_, let acted) = answer else { throw WireError.unexpected("\(answer) came instead of ACTED") }
        return acted
    }
}
