using System.Text;
using TaskDsl.Data;
using TaskDsl.Prompts;

/// <summary>
/// What the desk's YAML is compiled to, and what a model is shown, held against the *.verified.* files beside this one. After a change that
/// is meant: TASKDSL_ACCEPT_SNAPSHOTS=true dotnet test, and look at what git says has changed.
/// </summary>
public sealed class SnapshotTests
{
    public static TheoryData<string> Prompts => [.. TaskCatalog.Default.Prompts.Select(prompt => prompt.Name)];

    [Fact]
    public void The_YAML_compiles_to_what_it_did() =>
        GeneratorProject.FromFolder(TaskCatalog.Default.ProjectDirectory).Run(TestContext.Current.CancellationToken).Verify();

    [Theory, MemberData(nameof(Prompts))]
    public async Task A_prompt_shows_what_it_did(string name)
    {
        var prompt = TaskCatalog.Default.Prompts.Single(prompt => prompt.Name == name);
        using var data = await DatasetBuilder.LoadAsync(prompt.Task, new DataOptions(), TestContext.Current.CancellationToken);
        var example = data[SplitName.Train][0];
        using var text = new PromptBuffer();
        prompt.Render(text, example.InputValue, example.OutputValue, example.Language);
        Snapshot.Verify(Encoding.UTF8.GetString(text.Utf8), parameters: name);
    }
}
