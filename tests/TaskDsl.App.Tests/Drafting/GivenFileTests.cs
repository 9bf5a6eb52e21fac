using TaskDsl.App.Drafting.Looking;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Tests.Drafting;

/// <summary>A file to draft from is looked for where the user stands, then in the project.</summary>
public sealed class GivenFileTests
{
    [Fact]
    public void The_current_folder_comes_before_the_projects()
    {
        using var project = new TempFolder();
        // No test changes the process's current folder, for others run beside it: a folder of its own in it will do.
        var here = Directory.CreateDirectory(Path.GetFullPath($"given_{Guid.NewGuid():n}"));
        try
        {
            var named = Path.Combine(here.Name, "tickets.csv");
            Directory.CreateDirectory(project.In(here.Name));
            File.WriteAllText(project.In(named), "text,label\n");
            Assert.Equal(project.In(named), GivenFile.Find(named, project.Path).Single().File);
            Assert.Equal($"{here.Name}/tickets.csv", GivenFile.Find(named, project.Path).Single().Path);
            File.WriteAllText(Path.GetFullPath(named), "text,label\n");
            Assert.Equal(Path.GetFullPath(named), GivenFile.Find(named, project.Path).Single().File);
            // A name that is spelt wrong is told as it would be found.
            var error = Assert.Throws<UserException>(() => GivenFile.Find(Path.Combine(here.Name, "ticket.csv"), project.Path));
            Assert.EndsWith($"did you mean '{here.Name}/tickets.csv'?", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            here.Delete(recursive: true);
        }
    }
}
