using System.Globalization;
using TorchSharp;

namespace TaskDsl.Torch.Native;

/// <summary>The memory that a run can have, in bytes.</summary>
/// <param name="Available">What this process has, and what is free besides or can be freed.</param>
/// <param name="Source">Who says so, in words.</param>
public sealed record MachineMemory(long Available, string Source)
{
    /// <summary>What a process takes of a GPU's memory by asking it anything: its context. Not measured yet.</summary>
    internal const long Context = 500_000_000;

    /// <summary>The memory of a device: a GPU's own, or the machine's, or what the control group of this process leaves of it.</summary>
    public static MachineMemory Of(torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.type == DeviceType.CUDA)
            return TorchRuntime.Gpus.Free(Math.Max(0, device.index)) is { } free
                ? new(free + Context, $"free on {device}") // It has a context now, and counts it.
                : new(long.MaxValue, $"on {device}, whose memory is not known");
        var machine = MemInfo() is { } all
            ? new MachineMemory(all + InUse(), "free on this machine")
            : new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, "of this machine");
        return Group() is { } left && left + InUse() < machine.Available
            ? new(left + InUse(), "left by the control group (container) of this process")
            : machine;
    }

    /// <summary>This process's own memory now.</summary>
    public static long InUse() => Status("VmRSS") ?? Environment.WorkingSet;

    /// <summary>The most that this process has had; null where the system does not say.</summary>
    public static long? Most() => Status("VmHWM");

    /// <summary>Lets <see cref="Most"/> begin anew; false where the system does not.</summary>
    public static bool ForgetMost()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // Then it is the most since the process began.
        }
    }

    private static long? Status(string name) => Kilobytes("/proc/self/status", name);

    private static long? MemInfo() => Kilobytes("/proc/meminfo", "MemAvailable");

    private static long? Kilobytes(string file, string name)
    {
        if (!File.Exists(file))
            return null;
        var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return line is null
            ? null
            : long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>What the nearest limit of the control groups above this process leaves: version 2, or 1's memory controller.</summary>
    private static long? Group()
    {
        if (!File.Exists("/proc/self/cgroup"))
            return null;
        long? least = null;
        foreach (var line in File.ReadLines("/proc/self/cgroup"))
        {
            if (line.Split(':', 3) is not [_, var controllers, var path])
                continue;
            var (root, limit, usage, cache) =
                controllers.Length == 0 ? ("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file")
                : controllers.Split(',').Contains("memory")
                    ? ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
                : ("", "", "", "");
            if (root.Length == 0)
                continue;
            // Inside a container its own group is the root of the tree; outside, every group above counts.
            for (var at = path; ; at = at[..Math.Max(0, at.LastIndexOf('/'))])
            {
                var folder = root + at;
                if (Number(Path.Combine(folder, limit)) is { } max && Number(Path.Combine(folder, usage)) is { } used)
                    least = Math.Min(least ?? long.MaxValue, max - used + Cache(folder, cache));
                if (at.Length == 0)
                    break;
            }
        }

        return least;
    }

    private static long? Number(string file) =>
        File.Exists(file)
        && long.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        && value < 1L << 60
            ? value
            : null;

    /// <summary>File contents that the group holds and would give up.</summary>
    private static long Cache(string folder, string name)
    {
        var file = Path.Combine(folder, "memory.stat");
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal)) : null;
        return line is null ? 0 : long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
