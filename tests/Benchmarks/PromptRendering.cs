using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using Scriban;
using Scriban.Runtime;
using TaskDsl.Prompts;

namespace TaskDsl.Benchmarks;

/// <summary>Rendering a prompt: compiled, against Scriban's renderer on the same templates. Per operation: 1,000 records.</summary>
[MemoryDiagnoser]
public class PromptRendering : IDisposable
{
    private const int Records = 1000;

    // The templates of Tasks/clause.prompt.yaml.
    private static readonly string[] Templates =
    [
        "What is this clause about? One of: {{ labels_type | array.join \", \" }}.\n{{ clause | string.strip }}\n",
        "{{~ for label in labels_facts ~}}\n{{ for.index + 1 }}. {{ label }}{{ if !for.last }};{{ end }}\n{{~ end ~}}\n{{ if clause | string.contains \"fee\" }}Mind the fee. {{ end }}Clause of {{ clause.size }} characters: {{ clause | string.strip | string.replace \"\\n\" \" \" }}\n",
    ];

    private readonly PromptBuffer buffer = new();
    private readonly Prompts.Plain chat = new();
    private readonly Clause.Input[] inputs = new Clause.Input[Records];
    private readonly TemplateContext context = new();
    private readonly ScriptObject variables = [];
    private Template template = null!;

    /// <summary>Which template: 0 is text with a list of labels, 1 has a loop, conditions and functions.</summary>
    [Params(0, 1)]
    public int Phrasing { get; set; }

    /// <summary>Parses the template and makes the records.</summary>
    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < Records; i++)
            inputs[i] = new Clause.Input($" Brightmoor Analytics Ltd will invoice the subscription fee of £18,{i:000} in advance. The Customer shall settle each undisputed invoice within thirty (30) days of the date printed on it. ");
        template = Template.Parse(Templates[Phrasing]);
        variables["labels_type"] = new ScriptArray(Clause.Task.OutputFields[0].Labels);
        variables["labels_facts"] = new ScriptArray(Clause.Task.OutputFields[1].Labels);
        context.PushGlobal(variables);
        if (Compiled() != Interpreted()) throw new InvalidOperationException("the two do not print the same");
    }

    /// <summary>Gives the buffer back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        buffer.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Scriban's renderer, its context reused.</summary>
    [Benchmark(Baseline = true)]
    public long Interpreted()
    {
        long length = 0;
        foreach (var input in inputs)
        {
            variables["clause"] = input.Clause;
            length += System.Text.Encoding.UTF8.GetByteCount(template.Render(context).TrimEnd());
        }

        return length;
    }

    /// <summary>The compiled prompt, in the plain format.</summary>
    [Benchmark]
    public long Compiled()
    {
        long length = 0;
        foreach (var input in inputs)
        {
            buffer.Clear();
            ClausePrompt.Default.Render(buffer, input, null, "en", Phrasing, chat: chat);
            // The format's newline behind the message.
            length += buffer.Length - 1;
        }

        return length;
    }

    /// <summary>The ratio in seconds: both in turns, the best of several rounds.</summary>
    public static void Quick()
    {
        Console.WriteLine("template | Scriban ns | compiled ns | times faster | bytes allocated per record");
        foreach (var phrasing in (int[])[0, 1])
        {
            using var benchmark = new PromptRendering { Phrasing = phrasing };
            benchmark.Setup();
            double interpreted = double.MaxValue, compiled = double.MaxValue;
            for (var round = 0; round < 60; round++)
            {
                interpreted = Math.Min(interpreted, Time(benchmark.Interpreted));
                compiled = Math.Min(compiled, Time(benchmark.Compiled));
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            benchmark.Compiled();
            var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Records;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{phrasing} | {interpreted:0} | {compiled:0} | {interpreted / compiled:0.0} | {allocated:0.##}"));
        }
    }

    private static double Time(Func<long> run)
    {
        var clock = Stopwatch.StartNew();
        run();
        return clock.Elapsed.TotalNanoseconds / Records;
    }
}
