namespace TaskDsl.Generators.Tests.Packaging;

/// <summary>All packages of the repository in a folder of their own, and an empty NuGet folder: a machine that has none yet.</summary>
public sealed class Feed : IDisposable
{
    public Feed() => Dotnet.Do(Dotnet.Repository, "pack", "TaskDsl.sln", "--no-build", "-c", Dotnet.Configuration, "-o", Packages);

    /// <summary>Where projects lie that are restored from the feed alone.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("taskdsl-feed-").FullName;

    /// <summary>The folder of packages.</summary>
    public string Packages => Path.Combine(Folder, "feed");

    /// <summary>Another folder for projects, which know the feed by the file in it.</summary>
    public string NewFolder(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        // What others have made is taken from where this repository's restore left it.
        var restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(
            Path.Combine(folder, "NuGet.config"),
            $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(Folder, "packages")}" /></config>
              <packageSources><clear /><add key="feed" value="{Packages}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{restored}" /></fallbackPackageFolders>
            </configuration>
            """
        );
        return folder;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
