using DiffEngine;

namespace TaskDsl.Testing;

/// <summary>What the tests run on.</summary>
internal static class Surroundings
{
    // What continuous integration sets; DiffEngine knows some servers by other variables.
    private static readonly string[] OfServers =
    [
        "CI",
        "TF_BUILD",
        "GITHUB_ACTIONS",
        "GITLAB_CI",
        "JENKINS_URL",
        "TEAMCITY_VERSION",
        "BUILDKITE",
        "CIRCLECI",
        "TRAVIS",
        "APPVEYOR",
        "BITBUCKET_BUILD_NUMBER",
        "CODEBUILD_BUILD_ID",
        "DRONE",
    ];

    /// <summary>Whether it is a server that builds: nobody is there to accept anything.</summary>
    public static bool IsBuildServer => BuildServerDetector.Detected || OfServers.Any(IsSet);

    /// <summary>Whether a diff tool would be seen; to look for one takes seconds.</summary>
    public static bool HasDisplay => !OperatingSystem.IsLinux() || IsSet("DISPLAY") || IsSet("WAYLAND_DISPLAY");

    /// <summary>Whether a variable of the environment is set, and not to no.</summary>
    public static bool IsSet(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        && value != "0"
        && !value.Equals("false", StringComparison.OrdinalIgnoreCase);
}
