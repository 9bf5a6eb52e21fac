using System.Runtime.CompilerServices;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>A test that needs a disk of its own: a tmpfs in a user's mount namespace, which some machines do not allow.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        using var child = OperatingSystem.IsLinux() ? ChildRun.Start("unshare", ["--map-root-user", "--mount", "true"]) : null;
        child?.WaitForExit();
        if (child?.ExitCode != 0)
            Skip = "This machine does not let a test mount a disk (unshare --map-root-user --mount).";
    }
}
