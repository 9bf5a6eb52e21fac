using System.Text.Json;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Schedules;
using Xunit;

namespace TaskDsl.Torch.Tests.Schedules;

/// <summary>The schedules against the learning rates of transformers 4.57.6.</summary>
public sealed class ScheduleTests
{
    public static TheoryData<string, Schedule> Pairs =>
        new()
        {
            { "constant", new Constant() },
            { "constant_with_warmup", new Constant() },
            { "linear", new Linear() },
            { "cosine", new Cosine() },
            {
                "polynomial_power2_lrend1e-2",
                new Polynomial { End = 1e-2 }
            },
            { "inverse_sqrt", new InverseSquareRoot() },
        };

    [Theory, MemberData(nameof(Pairs))]
    public void Factors_are_the_references(string name, Schedule schedule)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "lr_schedules.json")));
        var steps = json.RootElement.GetProperty("total_steps").GetInt32();
        var warm = name == "constant" ? 0 : json.RootElement.GetProperty("warmup_steps").GetInt32();
        var expected = json.RootElement.GetProperty("lr").GetProperty(name).EnumerateArray().Select(v => v.GetDouble()).Take(steps + 1);
        foreach (
            var warmed in (Schedule[])[schedule with { WarmUp = (double)warm / steps }, schedule with { WarmUp = 0.9, WarmUpSteps = warm }]
        )
            Assert.All(expected.Index(), e => Assert.Equal(e.Item, warmed.Factor(e.Index, steps), 1e-12));
    }

    /// <summary>The lambda of transformers' <c>get_wsd_schedule</c>, written again.</summary>
    [Theory]
    [InlineData("linear", DecayForm.Linear, 0)]
    [InlineData("cosine", DecayForm.Cosine, 0.1)]
    [InlineData("1-sqrt", DecayForm.OneMinusSquareRoot, 0.05)]
    public void Wsd_is_the_references(string type, DecayForm form, double least)
    {
        const int warm = 10,
            stable = 70,
            decay = 20;
        var schedule = new Wsd
        {
            WarmUpSteps = warm,
            DecayShare = 0.2,
            Form = form,
            End = least,
        };
        for (var step = 0; step <= warm + stable + decay; step++)
            Assert.Equal(Reference(step), schedule.Factor(step, warm + stable + decay), 1e-12);

        double Reference(int step)
        {
            if (step < warm)
                return (double)step / warm;
            if (step < warm + stable)
                return 1;
            if (step >= warm + stable + decay)
                return least;
            var progress = (double)(step - warm - stable) / decay;
            var factor = type switch
            {
                "linear" => 1 - progress,
                "cosine" => 0.5 * (1 + Math.Cos(Math.PI * 0.5 * 2 * progress)),
                _ => 1 - Math.Sqrt(progress),
            };
            return Math.Max(0, factor * (1 - least) + least);
        }
    }

    [Fact]
    public void Wsd_that_falls_all_the_way_begins_behind_the_warm_up() =>
        Assert.Equal(
            [0, 0.5, 1, 0.75, 0.5, 0.25],
            Enumerable
                .Range(0, 6)
                .Select(s =>
                    new Wsd
                    {
                        WarmUpSteps = 2,
                        DecayShare = 1,
                        Form = DecayForm.Linear,
                    }.Factor(s, 6)
                )
        );
}
