import Testing

@testable import ZaichikBroker

@Suite("The memory that a process may use")
struct ControlGroupTests {
    private static let machine = 16 << 30

    private func usable(_ files: [String: String]) -> Int {
        ControlGroup.usableMemory(machine: Self.machine) { files[$0] }
    }

    @Test("without control groups it is the machine's")
    func none() {
        #expect(usable([:]) == Self.machine)
        #expect(usable(["/proc/self/cgroup": ""]) == Self.machine)
        #expect(usable(["/proc/self/cgroup": "nonsense\n1:memory\n"]) == Self.machine)
    }

    @Test("in version 2 it is the smallest of memory.max and memory.high along the path")
    func second() {
        let membership = "0::/system.slice/zaichik.service\n"
        #expect(
            ControlGroup.limitFiles(membership: membership) == [
                "/sys/fs/cgroup/system.slice/zaichik.service/memory.max",
                "/sys/fs/cgroup/system.slice/zaichik.service/memory.high",
                "/sys/fs/cgroup/system.slice/memory.max", "/sys/fs/cgroup/system.slice/memory.high",
                "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.high",
            ])
        var files = [
            "/proc/self/cgroup": membership,
            "/sys/fs/cgroup/system.slice/zaichik.service/memory.max": "max\n",
            "/sys/fs/cgroup/system.slice/zaichik.service/memory.high": "max\n",
        ]
        #expect(usable(files) == Self.machine)
        files["/sys/fs/cgroup/system.slice/memory.max"] = "4294967296\n"
        #expect(usable(files) == 4 << 30)
        files["/sys/fs/cgroup/system.slice/zaichik.service/memory.high"] = "536870912\n"
        #expect(usable(files) == 512 << 20)
        files["/sys/fs/cgroup/system.slice/zaichik.service/memory.max"] = "268435456\n"
        #expect(usable(files) == 256 << 20)
    }

    @Test("a container that sees its own group as the root, and a path outside of it, is limited by the root")
    func container() {
        #expect(usable(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "1073741824\n"]) == 1 << 30)
        #expect(
            usable(["/proc/self/cgroup": "0::/docker/4f2a\n", "/sys/fs/cgroup/memory.max": "1073741824\n"]) == 1 << 30)
        #expect(
            usable(["/proc/self/cgroup": "0::/../outside\n", "/sys/fs/cgroup/memory.max": "1073741824\n"]) == 1 << 30)
    }

    @Test("in version 1 it is memory.limit_in_bytes of the memory controller's group")
    func first() {
        let membership = """
            12:cpu,cpuacct:/user.slice
            9:memory:/user.slice/one
            1:name=systemd:/user.slice
            0::/user.slice/one

            """
        let file = "/sys/fs/cgroup/memory/user.slice/one/memory.limit_in_bytes"
        #expect(ControlGroup.limitFiles(membership: membership).contains(file))
        #expect(usable(["/proc/self/cgroup": membership, file: "9223372036854771712\n"]) == Self.machine)
        #expect(usable(["/proc/self/cgroup": membership, file: "2147483648\n"]) == 2 << 30)
    }

    @Test(
        "a text that is not a number of bytes is no limit",
        arguments: ["", "max", "max\n", "-1\n", "12 34\n", "1k\n", "99999999999999999999999\n"])
    func unreadable(text: String) { #expect(ControlGroup.limit(text) == nil) }

    @Test("the largest numbers are numbers")
    func largest() {
        #expect(ControlGroup.limit("18446744073709551615\n") == .max)
        #expect(ControlGroup.limit("0\n") == 0)
    }

    @Test("a broker may take half of it by default")
    func half() {
        let configuration = BrokerConfiguration()
        #expect(configuration.memoryLimit == Machine.usableMemory / 2)
        #expect(configuration.memoryLimit <= Machine.memory / 2)
    }
}
