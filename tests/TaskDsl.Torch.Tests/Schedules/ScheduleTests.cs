using System.Text.Json;
using TaskDsl.Torch.Schedules;
using Xunit;

namespace TaskDsl.Torch.Tests.Schedules;

/// <summary>The schedules against the learning rates of transformers 4.57.6.</summary>
public sealed class ScheduleTests
{
    public static TheoryData<string, Schedule> Pairs => new()
    {
        { "constant", new Constant() },
        { "constant_with_warmup", new Constant() },
        { "linear", new Linear() },
        { "cosine", new Cosine() },
    };

    [Theory, MemberData(nameof(Pairs))]
    public void Factors_are_the_references(string name, Schedule schedule)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "lr_schedules.json")));
        var steps = json.RootElement.GetProperty("total_steps").GetInt32();
        var warm = name == "constant" ? 0 : json.RootElement.GetProperty("warmup_steps").GetInt32();
        var expected = json.RootElement.GetProperty("lr").GetProperty(name).EnumerateArray().Select(v => v.GetDouble()).Take(steps + 1);
        var withWarmUp = schedule with { WarmUp = (double)warm / steps };
        Assert.All(expected.Index(), e => Assert.Equal(e.Item, withWarmUp.Factor(e.Index, steps), 1e-12));
    }
}
