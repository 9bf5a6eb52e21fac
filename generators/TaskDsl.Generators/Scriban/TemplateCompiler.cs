using Scriban;
using Scriban.Parsing;
using Scriban.Syntax;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Scriban.Terms;

namespace TaskDsl.Generators.Scriban;

/// <summary>
/// Compiles one template to straight-line C# that appends to <c>buffer</c>. Scriban parses; expressions that need no record are evaluated
/// by Scriban, all others are typed and written out. What cannot be compiled is a problem at its place in the YAML file.
/// </summary>
public sealed class TemplateCompiler
{
    private readonly TemplateText text;
    private readonly TemplateScope scope;
    private readonly Action<Problem> report;
    private readonly string path;
    private readonly ExpressionCompiler expressions;
    private readonly TemplateWriter writer;

    // Who writes one of them so writes all of them so: the first is told.
    private Problem? foreign;

    /// <param name="text">The template.</param>
    /// <param name="scope">What it may name.</param>
    /// <param name="path">The file it stands in.</param>
    /// <param name="report">Receives what is wrong.</param>
    public TemplateCompiler(TemplateText text, TemplateScope scope, string path, Action<Problem> report)
    {
        (this.text, this.scope, this.path, this.report) = (text, scope, path, report);
        expressions = new ExpressionCompiler(scope);
        writer = new TemplateWriter(scope);
    }

    /// <summary>Compiles the template.</summary>
    /// <param name="isAnswer">Whether it must end with <c>{{ output }}</c>; what stands before is compiled.</param>
    /// <returns>The statements; empty for an empty template, null where nothing can be compiled.</returns>
    public IReadOnlyList<string>? Compile(bool isAnswer = false)
    {
        var template = Template.Parse(text.Text);
        if (template.HasErrors)
        {
            // One mistake makes Scriban report several: the first is the one.
            var message = template.Messages.First(m => m.Type == ParserMessageType.Error);
            report(TemplateMessages.Explain(message, text, path));
            return null;
        }

        if (LastTag(template.Page) is { IsEntering: true } open)
        {
            // Scriban takes the end of the text for the end of the tag.
            report(TemplateMessages.NeverClosed(open.Span.Start.Offset, text, path));
            return null;
        }

        var statements = (template.Page?.Body?.Statements ?? []).ToList();
        if (isAnswer && !TakeOutput(statements))
            return null;
        Statements(statements, "");
        return writer.Finish();
    }

    private static ScriptEscapeStatement? LastTag(ScriptNode? node)
    {
        if (node is ScriptEscapeStatement tag)
            return tag;
        for (var i = (node?.ChildrenCount ?? 0) - 1; i >= 0; i--)
            if (LastTag(node!.GetChildren(i)) is { } last)
                return last;
        return null;
    }

    private bool TakeOutput(List<ScriptStatement> statements)
    {
        var last = statements.FindLastIndex(s =>
            s is not ScriptEscapeStatement and not ScriptNopStatement
            && !(s is ScriptRawStatement raw && string.IsNullOrWhiteSpace(raw.Text.ToString()))
        );
        if (last >= 0 && statements[last] is ScriptExpressionStatement { Expression: ScriptVariableGlobal { Name: "output" } })
        {
            statements.RemoveRange(last, statements.Count - last);
            return true;
        }

        report(
            new Problem(
                Rules.BadPrompt,
                path,
                text.Whole,
                "'assistant' must end with {{ output }}: what stands before it belongs to the prompt, the output is what the model answers"
            )
        );
        return false;
    }

    private void Statements(IEnumerable<ScriptStatement> statements, string indent)
    {
        var current = indent;
        foreach (var statement in statements)
        {
            // As Scriban does: a tag that stands alone behind white space indents every line that it writes.
            if (statement is ScriptEscapeStatement escape)
                current = escape.IsEntering ? escape.Indent : indent;
            writer.Indent = current;
            try
            {
                Statement(statement, current);
            }
            catch (TemplateException error)
            {
                Report(error, statement);
            }

            // What stands behind them is never reached.
            if (statement is ScriptBreakStatement or ScriptContinueStatement)
                break;
        }
    }

    private void Statement(ScriptStatement statement, string indent)
    {
        switch (statement)
        {
            case ScriptEscapeStatement or ScriptNopStatement or ScriptEndStatement:
                break;
            case ScriptRawStatement raw:
                foreign ??= Reported(ForeignSyntax.Of(raw.Text.ToString(), raw.Text.Index, scope, text, path).FirstOrDefault());
                writer.Literal(raw.Text.ToString());
                break;
            case ScriptExpressionStatement { Expression: ScriptAssignExpression assignment }:
                Assign(assignment);
                break;
            case ScriptExpressionStatement expression:
                if (!writer.Append(expressions.Compile(expression.Expression)))
                    throw new TemplateException(
                        Rules.UnsupportedTemplate,
                        expression,
                        $"'{expression.Expression}' holds records, which do not print; print their fields"
                    );
                break;
            case ScriptIfStatement condition:
                If(condition, indent, "if");
                break;
            case ScriptForStatement and not ScriptTableRowStatement:
                For((ScriptForStatement)statement, indent);
                break;
            case ScriptBreakStatement or ScriptContinueStatement:
                if (scope.Loops.Count == 0)
                    throw new TemplateException(
                        Rules.BrokenTemplate,
                        statement,
                        $"'{statement.ToString()!.Trim()}' stands outside of a 'for'"
                    );
                writer.Line(statement is ScriptBreakStatement ? "break;" : "continue;");
                break;
            default:
                throw new TemplateException(
                    Rules.UnsupportedTemplate,
                    statement,
                    $"'{statement.ToString()!.Trim().Split('\n', ' ')[0]}' is not supported here"
                );
        }
    }

    private void If(ScriptIfStatement statement, string indent, string head)
    {
        BoolTerm truth;
        try
        {
            truth = Operators.Truth(expressions.Compile(statement.Condition));
        }
        catch (TemplateException error)
        {
            // The branches may have mistakes of their own.
            Report(error, statement);
            truth = new BoolTerm("false");
        }

        if (truth.Constant is { } known)
        {
            // A branch that is never taken is compiled for its mistakes only.
            if (head != "if")
                writer.Open("else");
            if (known)
                Statements(statement.Then?.Statements ?? [], indent);
            else
                writer.Discard(() => Statements(statement.Then?.Statements ?? [], indent));
            if (!known)
                Else(statement.Else, indent, isOpen: true);
            else
                writer.Discard(() => Else(statement.Else, indent, isOpen: true));
            if (head != "if")
                writer.Close();
            return;
        }

        writer.Open($"{head} ({Parentheses.Strip(truth.Code)})");
        Statements(statement.Then?.Statements ?? [], indent);
        writer.Close();
        Else(statement.Else, indent, isOpen: false);
    }

    private void Else(ScriptConditionStatement? statement, string indent, bool isOpen)
    {
        switch (statement)
        {
            case ScriptIfStatement another:
                If(another, indent, isOpen ? "if" : "else if");
                break;
            case ScriptElseStatement { Body: { } body }:
                if (!isOpen)
                    writer.Open("else");
                Statements(body.Statements, indent);
                if (!isOpen)
                    writer.Close();
                break;
        }
    }

    private void For(ScriptForStatement statement, string indent)
    {
        if (statement.Variable is not ScriptVariableGlobal variable)
            throw new TemplateException(Rules.UnsupportedTemplate, statement.Variable, "the variable of a 'for' must be a plain name");
        if (scope.Has(variable.Name))
            throw new TemplateException(
                Rules.UnsupportedTemplate,
                variable,
                $"'{variable.Name}' has a meaning already; give the variable another name"
            );
        ListTerm? list = null;
        try
        {
            list = LoopList.Of(statement, expressions);
        }
        catch (TemplateException error)
        {
            Report(error, statement);
        }

        var items = scope.Fresh($"{variable.Name}_items");
        var index = scope.Fresh($"{variable.Name}_index");
        if (list is null)
        {
            // The body's own mistakes are found all the same.
            scope.Declare(variable.Name, new BrokenTerm());
        }
        else
        {
            var item = scope.Fresh(variable.Name);
            scope.Declare(variable.Name, Term.Of(list.Item, item, list.HasNullItems));
            writer.Line($"var {items} = {list.Span};");
            writer.Open($"for (var {index} = 0; {index} < {items}.Length; {index}++)");
            writer.Line($"var {item} = {items}[{index}];");
        }

        scope.Loops.Push(new TemplateLoop(items, index));
        Statements(statement.Body?.Statements ?? [], indent);
        scope.Loops.Pop();
        scope.Forget(variable.Name);
        if (list is not null)
            writer.Close();
        if (statement.Else?.Body is not { } body)
            return;
        // Scriban's 'else' is for an empty list, not for one that is absent.
        writer.Open(list?.NullTest is { } test ? $"if ({items}.IsEmpty && !({test}))" : $"if ({items}.IsEmpty)");
        Statements(body.Statements, indent);
        writer.Close();
    }

    private void Assign(ScriptAssignExpression assignment)
    {
        if (assignment.Target is not ScriptVariableGlobal { Name: var name })
            throw new TemplateException(Rules.UnsupportedTemplate, assignment, "only plain names can be assigned to here");
        if (assignment.EqualToken.TokenType != TokenType.Equal)
            throw new TemplateException(
                Rules.UnsupportedTemplate,
                assignment,
                $"'{assignment.EqualToken}' is not supported here; write it out with '='"
            );
        if (scope.Has(name))
            throw new TemplateException(
                Rules.UnsupportedTemplate,
                assignment.Target,
                $"'{name}' has a value already, and it cannot change here; give this one another name"
            );
        if (writer.Depth > 0)
            throw new TemplateException(
                Rules.UnsupportedTemplate,
                assignment,
                "an assignment inside of 'if' or 'for' is not supported here; move it to the front, with a condition as 'a = b ? c : d'"
            );
        Term term;
        try
        {
            term = expressions.Compile(assignment.Value);
        }
        catch (TemplateException)
        {
            scope.Declare(name, new BrokenTerm());
            throw;
        }

        scope.Declare(name, writer.Local(name, term));
    }

    private Problem? Reported(Problem? problem)
    {
        if (problem is not null)
            report(problem);
        return problem;
    }

    private void Report(TemplateException error, ScriptNode statement)
    {
        if (error.Rule is null)
            return;
        var span = (error.Node ?? statement).Span;
        report(new Problem(error.Rule, path, text.Span(span.Start.Offset, span.End.Offset + 1), error.Arguments));
    }
}
