using TaskDsl.Torch.Pipelines.Running;

/// <summary>What the desk's pipelines expect of its models. They are trained here: minutes, where the recipes take minutes.</summary>
public sealed class GateTests
{
    public static TheoryData<string> Gates =>
        [
            .. TaskCatalog
                .Default.Definitions.OfType<Pipeline>()
                .Where(pipeline => pipeline.Expect.Count > 0)
                .Select(pipeline => pipeline.Name),
        ];

    [Theory, MemberData(nameof(Gates))]
    public async Task What_a_pipeline_expects_holds(string name)
    {
        var pipeline = TaskCatalog.Default.Definitions.OfType<Pipeline>().Single(pipeline => pipeline.Name == name);
        var finished = await pipeline.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.All(finished.Gates, gate => Assert.True(gate.Holds, $"{gate.Text}: {gate.Words}"));
    }
}
